# Mean accuracy against mean IoU, camvid-peers. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1000,838 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1000,838 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, camvid-peers' at screen 0.5,0.96181 center font 'sans-serif,26'
set label 2 'CamVid: real data: CamVid, official split; input 240x180; DeepLabV3 ResNet-18 at width multiplier 0.25; 1400' at screen 0.02000,0.18091 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'iterations of batch 4; Adam 0.002; seeds 1, 2, 3, 4, 5, 6; evaluated on 233 images of the test split; best weights' at screen 0.02000,0.15465 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'by validation mean IoU; images: CamVid (Brostow et al. 2009) in SegNet''s layout, read from its files. Scaled down;' at screen 0.02000,0.12840 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'the paper has: data set SYNTHIA and Cityscapes, not CamVid; network DeepLabV3 by its text, DeepLab v3+ with aligned' at screen 0.02000,0.10215 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'corners by its authors'' code; width multiplier 1; batch 6; initial weights ImageNet-pretrained.' at screen 0.02000,0.07589 left font 'sans-serif,16' tc rgb '#333333'
set label 7 'Large marks: mean over seeds; small marks: single seeds. Pale line: Pareto front, the means that none beats in' at screen 0.02000,0.04964 left font 'sans-serif,16' tc rgb '#333333'
set label 8 'both.' at screen 0.02000,0.02339 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.11000
set rmargin at screen 0.96000
set bmargin at screen 0.31742
set tmargin at screen 0.87112
set title 'CamVid, ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [29.1346:40.4805]
set yrange [41.7642:56.1475]
set arrow from 32.6223,51.4842 to 36.7114,47.8538 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.59060,0.44880 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.46473,0.69160 center front tc rgb '#00558A'
set label 'recall' at screen 0.73532,0.54065 center front tc rgb '#B04E00'
plot 'scatter.dat' index 1 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 1 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 3 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 3 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 5 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 5 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 2 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 4 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
unset multiplot
unset output
}
