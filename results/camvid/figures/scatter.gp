# Mean accuracy against mean IoU. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,772 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,772 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, camvid' at screen 0.5,0.95855 center font 'sans-serif,26'
set label 2 'CamVid: real data: CamVid, official split; input 240x180; DeepLabV3 ResNet-18, ResNet-101 at width multiplier 0.25; 1400 iterations of batch 4; Adam 0.002; seed 1; evaluated on 233 images' at screen 0.01250,0.11088 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'of the test split; best weights by validation mean IoU; images: CamVid (Brostow et al. 2009) in SegNet''s layout, read from its files. Scaled down; the paper has: data set SYNTHIA and' at screen 0.01250,0.08238 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'Cityscapes, not CamVid; network DeepLabV3 by its text, DeepLab v3+ with aligned corners by its authors'' code; width multiplier 1; batch 6; initial weights ImageNet-pretrained.' at screen 0.01250,0.05389 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'Dashed: level of focal. Pale line: Pareto front, the means that none beats in both. ≈: not distinguishable from ce in either (Holm, 5 %; tables.md).' at screen 0.01250,0.02539 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.25907
set tmargin at screen 0.86010
set title 'CamVid, ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [30.9141:36.7189]
set yrange [38.6902:55.8353]
set arrow from 34.6193,graph 0 to 34.6193,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 42.7281 to graph 1,first 42.7281 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 34.3049,53.5661 to 35.9506,47.4418 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.25659,0.37666 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.18092,0.72981 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.24766,0.78055 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.35378,0.44617 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.15836,0.35259 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.26117,0.33862 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.16893,0.57967 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.38483,0.56586 center front tc rgb '#B04E00'
plot 'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 2 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 4 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 6 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 8 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 10 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 12 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 14 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.25907
set tmargin at screen 0.86010
set title 'CamVid, ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [25.9065:36.2332]
set yrange [37.0363:47.9911]
set arrow from 30.8219,graph 0 to 30.8219,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 38.4862 to graph 1,first 38.4862 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 30.6707,46.5412 to 34.8664,45.0162 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.82053,0.49848 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.68092,0.72537 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.69947,0.61741 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.78785,0.38417 center front tc rgb '#007455'
set label 'ohem' at screen 0.71179,0.37589 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.86286,0.54272 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.79257,0.78055 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.88483,0.69689 center front tc rgb '#B04E00'
plot 'scatter.dat' index 16 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 18 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 20 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 22 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 24 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 26 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 28 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 30 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset multiplot
unset output
}
