# Mean accuracy against mean IoU, camvid. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,794 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,794 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, camvid' at screen 0.5,0.95970 center font 'sans-serif,26'
set label 2 'CamVid: real data: CamVid, official split; input 240x180; DeepLabV3 ResNet-18, ResNet-101 at width multiplier 0.25; 600 iterations of batch 4; Adam 0.002; seeds 1, 2, 3; evaluated on 233' at screen 0.01250,0.13552 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'images of the test split; best weights by validation mean IoU; images: CamVid (Brostow et al. 2009) in SegNet''s layout, read from its files. Scaled down; the paper has: data set SYNTHIA' at screen 0.01250,0.10781 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'and Cityscapes, not CamVid; network DeepLabV3 by its text, DeepLab v3+ with aligned corners by its authors'' code; width multiplier 1; batch 6; initial weights ImageNet-pretrained.' at screen 0.01250,0.08010 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'Large marks: mean over seeds; small marks: single seeds. Dashed: level of focal. Pale line: Pareto front, the means that none beats in both. ≈: not distinguishable from ce in either' at screen 0.01250,0.05239 left font 'sans-serif,16' tc rgb '#333333'
set label 6 '(Holm, 5 %; tables.md).' at screen 0.01250,0.02469 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.27960
set tmargin at screen 0.86398
set title 'CamVid, ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [20.0269:37.2589]
set yrange [32.6478:54.2165]
set arrow from 31.4795,graph 0 to 31.4795,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 39.3595 to graph 1,first 39.3595 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 27.4487,46.5288 to 29.8838,44.7094 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 29.8838,44.7094 to 30.9401,41.6536 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 30.9401,41.6536 to 33.2058,40.7469 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from screen 0.37196,0.50003 to screen 0.35651,0.50209 nohead back lw 1.2 lc rgb '#000000'
set label 'ce' at screen 0.34771,0.51802 center front tc rgb '#000000'
set label 'weighted_ce ≈' at screen 0.17652,0.65569 center front tc rgb '#00558A'
set label 'balanced_ce ≈' at screen 0.16551,0.57968 center front tc rgb '#1F77AC'
set label 'focal ≈' at screen 0.37151,0.41715 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.31483,0.36373 center front tc rgb '#6B6B1F'
set arrow from screen 0.34254,0.48014 to screen 0.35799,0.47809 nohead back lw 1.2 lc rgb '#A06E00'
set label 'soft_iou ≈' at screen 0.40199,0.46216 center front tc rgb '#A06E00'
set label 'lovasz ≈' at screen 0.30113,0.64248 center front tc rgb '#A34B7E'
set arrow from screen 0.32837,0.53796 to screen 0.33524,0.58032 nohead back lw 1.2 lc rgb '#B04E00'
set label 'recall ≈' at screen 0.37044,0.59625 center front tc rgb '#B04E00'
plot 'scatter.dat' index 1 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 1 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 3 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 3 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 5 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 5 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 7 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 7 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 9 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 9 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 11 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 11 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 13 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 13 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 15 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 15 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
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
set bmargin at screen 0.27960
set tmargin at screen 0.86398
set title 'CamVid, ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [21.2430:29.3599]
set yrange [32.8834:45.3982]
set arrow from 26.4234,graph 0 to 26.4234,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 34.5398 to graph 1,first 34.5398 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 28.0137,43.7418 to 28.2856,38.6543 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.80008,0.45394 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.87751,0.74403 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.68092,0.58301 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.85375,0.31265 center front tc rgb '#007455'
set label 'ohem' at screen 0.90410,0.39396 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.87603,0.54907 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.94402,0.78664 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.89164,0.48141 center front tc rgb '#B04E00'
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
