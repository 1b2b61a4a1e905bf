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
set label 2 'CamVid: real data: CamVid, official split; input 160x120; DeepLabV3 ResNet-18, ResNet-101 at width multiplier 0.25; 700 iterations of batch 8; Adam 0.001; seed 1; evaluated on 233 images' at screen 0.01250,0.11088 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'of the test split; weights after the last iteration; images: CamVid (Brostow et al. 2009) in SegNet''s layout, read from its files. Scaled down; the paper has: data set SYNTHIA and' at screen 0.01250,0.08238 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'Cityscapes, not CamVid; width multiplier 1; batch 6; initial weights ImageNet-pretrained.' at screen 0.01250,0.05389 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'Dashed: level of focal.' at screen 0.01250,0.02539 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.25907
set tmargin at screen 0.86010
set title 'CamVid, ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [27.2231:33.1787]
set yrange [36.5690:44.3777]
set arrow from 30.5057,graph 0 to 30.5057,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 38.1986 to graph 1,first 38.1986 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set label 'ce' at screen 0.39325,0.52526 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.13322,0.55784 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.18775,0.78055 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.31839,0.43005 center front tc rgb '#007455'
set label 'ohem' at screen 0.23735,0.33862 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.37603,0.65759 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.15892,0.64353 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.39615,0.60043 center front tc rgb '#B04E00'
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
set xrange [21.4911:28.2568]
set yrange [31.2441:40.6038]
set arrow from 25.0556,graph 0 to 25.0556,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 33.1978 to graph 1,first 33.1978 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set label 'ce' at screen 0.75427,0.33862 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.70575,0.68312 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.68092,0.58417 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.80851,0.33897 center front tc rgb '#007455'
set label 'ohem' at screen 0.84090,0.42155 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.87603,0.78055 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.72428,0.75083 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.83583,0.49731 center front tc rgb '#B04E00'
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
